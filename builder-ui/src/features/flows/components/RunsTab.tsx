export default function RunsTab(_: { flowKey: string; mine?: boolean }) {
  return null;
}
