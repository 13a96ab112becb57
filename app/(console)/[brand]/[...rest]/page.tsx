import { notFound } from 'next/navigation';

/** Addresses below a brand that lead nowhere stay inside of its frame. */
export default function Nowhere() {
  notFound();
}
