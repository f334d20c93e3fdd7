/** The code of a flow's tabs, by the last part of their addresses. */
export const tabs = {
  designer: () => import('./components/DesignerTab'),
  text: () => import('./components/TextTab'),
  rehearsal: () => import('./components/RehearsalTab'),
  versions: () => import('./components/VersionsTab'),
  runs: () => import('./components/RunsTab'),
};
