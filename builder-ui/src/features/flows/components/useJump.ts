import { useCallback } from 'react';
import type { Issue } from '../api/designer';
import { useDesignerStore } from '../store/designer';

/** Leads to the place that mends a finding. */
export function useJump() {
  const store = useDesignerStore();
  return useCallback(
    (issue: Issue) => {
      const { graph, select, show } = store.getState();
      if (issue.node && graph.nodes[issue.node]) select([issue.node], true);
      // Where there is no step yet, the first one goes below the start.
      else if (issue.key === 'noSteps' && graph.trigger) select([graph.trigger], true);
      else show('flow');
    },
    [store],
  );
}
