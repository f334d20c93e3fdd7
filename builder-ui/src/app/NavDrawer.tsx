import { Drawer } from 'antd';
import type { ReactNode } from 'react';

type Props = { open: boolean; onClose: () => void; children: ReactNode };

/** The navigation of narrow screens. */
export default function NavDrawer({ open, onClose, children }: Props) {
  return (
    <Drawer
      open={open}
      onClose={onClose}
      placement="left"
      size={264}
      title="Dueflow"
      classNames={{ body: 'nav-drawer' }}
    >
      {children}
    </Drawer>
  );
}
