import type { Data, Json, Property } from '../../form/types';

/** What every kind of control gets. */
export type ControlProps = {
  id: string;
  kind: string;
  property: Property;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  /** The whole record: currencies and conditions of references look at it. */
  data: Data;
  form: string;
  record?: string;
  label: string;
  disabled?: boolean;
  invalid?: boolean;
  describedBy?: string;
};
