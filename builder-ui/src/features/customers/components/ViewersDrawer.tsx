import { Drawer, Grid } from 'antd';
import { useTranslation } from 'react-i18next';
import { Viewers } from '@/shared/access/Viewers';

/** Who sees this account, and by which right; loaded when somebody asks. */
export default function ViewersDrawer({
  customer,
  name,
  onClose,
}: {
  customer: string;
  name: string;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const phone = Grid.useBreakpoint().md === false;
  return (
    <Drawer open onClose={onClose} title={t('customer.viewers')} size={phone ? '100%' : 440}>
      <p className="drawer-sub">{name}</p>
      <Viewers customer={customer} />
    </Drawer>
  );
}
