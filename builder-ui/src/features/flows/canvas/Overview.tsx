import { MiniMap } from '@xyflow/react';

/** The whole flow, small; only long flows need it. */
export default function Overview() {
  return (
    <MiniMap
      pannable
      zoomable
      position="bottom-right"
      nodeColor="var(--line-strong)"
      bgColor="var(--surface)"
      maskColor="var(--flow-mask)"
    />
  );
}
