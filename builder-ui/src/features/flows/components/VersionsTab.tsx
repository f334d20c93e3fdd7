export default function VersionsTab(_: { flowKey: string; mine?: boolean }) {
  return null;
}
