'use client';

import type { Problem } from '@/lib/errors';
import { applyFix, snapIndexOf } from '@/lib/model/path';
import { useWorkspace } from './workspace';

/** What is wrong with the draft, by place, and the way to put it right by machine. What is only good to know stands in the list of all. */
export function useProblems() {
  const { problems: all, edit } = useWorkspace();
  const problems = all.filter((problem) => problem.severity !== 'info');
  return {
    /** Those of one header, but not of the snaps inside it. */
    at: (path: string): Problem[] => problems.filter((problem) => snapIndexOf(problem.path) === undefined && (problem.path === path || problem.path.startsWith(`${path}[`) || problem.path.startsWith(`${path}.`))),
    ofSnap: (index: number): Problem[] => problems.filter((problem) => snapIndexOf(problem.path) === index),
    fix: (problem: Problem) => {
      const { fix } = problem;
      if (fix) edit((draft) => applyFix(draft, fix));
    },
  };
}
