export default function RehearsalTab(_: { flowKey: string; mine?: boolean }) {
  return null;
}
