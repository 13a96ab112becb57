import { Editor } from '@/components/model/editor';

export default function ModelPage() {
  return <Editor />;
}
