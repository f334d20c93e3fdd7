import '../texts';
export default function RunPage() {
  return null;
}
