import { ModelBuilds } from '@/components/model/model-builds';

export default function ModelBuildsPage() {
  return <ModelBuilds />;
}
