'use client';

import { useState } from 'react';
import { Download, Ellipsis, FileInput } from 'lucide-react';
import { api } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { IconButton } from '../ui/button';
import { Menu, MenuContent, MenuItem, MenuTrigger } from '../ui/dropdown-menu';
import { ImportIntoModel } from './import-dialog';
import { useWorkspace } from './workspace';

/** What is done with a model now and then: bring it from a file, take it away as one. */
export function ModelMenu() {
  const { slug, whyNot } = useBrand();
  const { name, started } = useWorkspace();
  const [importing, setImporting] = useState(false);
  const revision = started.signedRevision;
  return (
    <>
      <Menu>
        <MenuTrigger asChild>
          <IconButton label="More actions" variant="secondary">
            <Ellipsis aria-hidden />
          </IconButton>
        </MenuTrigger>
        <MenuContent align="end">
          <MenuItem disabledReason={whyNot('model.edit')} onSelect={() => setImporting(true)}>
            <FileInput aria-hidden />
            Import from a file
          </MenuItem>
          <MenuItem asChild>
            <a href={api.versionJson(slug, name, started.number)} download>
              <Download aria-hidden />
              Version {started.number} as JSON for snap sign
            </a>
          </MenuItem>
          {revision !== null && (
            <>
              <MenuItem asChild>
                <a href={api.assertion(slug, name, revision)} download>
                  <Download aria-hidden />
                  Revision {revision} as .model
                </a>
              </MenuItem>
              <MenuItem asChild>
                <a href={api.assertion(slug, name, revision, true)} download>
                  <Download aria-hidden />
                  Revision {revision} with its chain
                </a>
              </MenuItem>
            </>
          )}
        </MenuContent>
      </Menu>
      <ImportIntoModel open={importing} onOpenChange={setImporting} />
    </>
  );
}
