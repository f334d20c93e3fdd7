import { Button, type ButtonProps } from 'antd';
import type { Ref } from 'react';

type Props = Omit<ButtonProps, 'aria-label' | 'title' | 'children'> & {
  label: string;
  ref?: Ref<HTMLButtonElement | HTMLAnchorElement>;
};

/** A button of an icon alone: what it does is said to those who point at it, and to those who listen. */
export const IconButton = ({ label, ...props }: Props) => (
  <Button {...props} aria-label={label} title={label} />
);
