import { VersionsView } from '@/components/model/versions-view';

export default function ModelVersionsPage() {
  return <VersionsView />;
}
