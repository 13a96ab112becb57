import type { ReactNode } from 'react';
import { dehydrate, HydrationBoundary, QueryClient, type QueryKey } from '@tanstack/react-query';

/** Hands what the server has loaded to the queries of the components inside; `loaded` pairs a query's key with its data. */
export function Hydrate({ loaded, children }: { loaded: [QueryKey, unknown][]; children: ReactNode }) {
  const client = new QueryClient();
  for (const [key, data] of loaded) client.setQueryData(key, data);
  return <HydrationBoundary state={dehydrate(client)}>{children}</HydrationBoundary>;
}

/** The first page of a list, as an infinite query keeps it. */
export const firstPage = <T,>(page: T) => ({ pages: [page], pageParams: [null] });
