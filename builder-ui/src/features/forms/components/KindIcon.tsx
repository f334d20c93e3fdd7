import {
  AlignLeftOutlined,
  AppstoreOutlined,
  BarsOutlined,
  CalculatorOutlined,
  CalendarOutlined,
  CheckSquareOutlined,
  ClockCircleOutlined,
  DollarOutlined,
  DownSquareOutlined,
  EnvironmentOutlined,
  FieldNumberOutlined,
  FontSizeOutlined,
  FunctionOutlined,
  GlobalOutlined,
  LinkOutlined,
  MailOutlined,
  NumberOutlined,
  PaperClipOutlined,
  PercentageOutlined,
  PhoneOutlined,
  QuestionOutlined,
  SendOutlined,
  SwitcherOutlined,
  TableOutlined,
  TeamOutlined,
  UserOutlined,
} from '@ant-design/icons';
import type { ReactNode } from 'react';

const icons: Record<string, ReactNode> = {
  text: <FontSizeOutlined />,
  longText: <AlignLeftOutlined />,
  email: <MailOutlined />,
  phone: <PhoneOutlined />,
  address: <EnvironmentOutlined />,
  number: <NumberOutlined />,
  money: <DollarOutlined />,
  percent: <PercentageOutlined />,
  formula: <FunctionOutlined />,
  date: <CalendarOutlined />,
  'date-time': <ClockCircleOutlined />,
  choice: <DownSquareOutlined />,
  multiChoice: <CheckSquareOutlined />,
  boolean: <SwitcherOutlined />,
  reference: <LinkOutlined />,
  file: <PaperClipOutlined />,
  rows: <TableOutlined />,
  autoNumber: <FieldNumberOutlined />,
  section: <BarsOutlined />,
  tab: <AppstoreOutlined />,
  object: <CalculatorOutlined />,
  user: <UserOutlined />,
  team: <TeamOutlined />,
  timezone: <GlobalOutlined />,
  channel: <SendOutlined />,
  currency: <DollarOutlined />,
};

export const KindIcon = ({ kind }: { kind: string }) => (
  <span className="fd-kind" aria-hidden>
    {icons[kind] ?? <QuestionOutlined />}
  </span>
);
