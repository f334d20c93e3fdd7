export default function TextTab(_: { flowKey: string; mine?: boolean }) {
  return null;
}
