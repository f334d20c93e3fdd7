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
  LinkOutlined,
  MailOutlined,
  NumberOutlined,
  PaperClipOutlined,
  PercentageOutlined,
  PhoneOutlined,
  QuestionOutlined,
  SwitcherOutlined,
  TableOutlined,
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
};

export const KindIcon = ({ kind }: { kind: string }) => (
  <span className="fd-kind" aria-hidden>
    {icons[kind] ?? <QuestionOutlined />}
  </span>
);
