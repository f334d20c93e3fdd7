import {
  ApiOutlined,
  BellOutlined,
  BranchesOutlined,
  CalendarOutlined,
  CheckCircleOutlined,
  ClockCircleOutlined,
  EditOutlined,
  FieldTimeOutlined,
  ForkOutlined,
  HourglassOutlined,
  MailOutlined,
  PauseCircleOutlined,
  PlayCircleOutlined,
  QuestionCircleOutlined,
  RiseOutlined,
  SolutionOutlined,
  StarOutlined,
  StopOutlined,
  SyncOutlined,
  ThunderboltOutlined,
  ToolOutlined,
} from '@ant-design/icons';
import type { ComponentType } from 'react';
import type { NodeType } from '../model/catalog';

const icons: Record<string, ComponentType> = {
  'trigger.date': CalendarOutlined,
  'trigger.event': ThunderboltOutlined,
  'trigger.schedule': ClockCircleOutlined,
  'trigger.manual': PlayCircleOutlined,
  'trigger.webhook': ApiOutlined,
  wait: HourglassOutlined,
  waitFor: FieldTimeOutlined,
  branch: BranchesOutlined,
  'switch.tier': BranchesOutlined,
  split: ForkOutlined,
  loop: SyncOutlined,
  send: MailOutlined,
  task: SolutionOutlined,
  approval: SolutionOutlined,
  notify: BellOutlined,
  update: EditOutlined,
  hold: PauseCircleOutlined,
  escalate: RiseOutlined,
  webhook: ApiOutlined,
  check: CheckCircleOutlined,
  score: StarOutlined,
  stop: StopOutlined,
  end: CheckCircleOutlined,
};

export function StepIcon({ type, known = true }: { type: string; known?: boolean }) {
  const Icon = known
    ? (icons[type] ?? icons[type.split('.').at(-1) ?? ''] ?? ToolOutlined)
    : QuestionCircleOutlined;
  return <Icon />;
}

/** The colour family of a step's icon. */
export function tintOf(type: NodeType | undefined): string {
  if (!type) return 'unknown';
  if (type.sends) return 'send';
  return type.ports?.length === 0 ? 'end' : type.group;
}
