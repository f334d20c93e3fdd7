import { createContext, type ReactNode, useContext } from 'react';
import type { Param } from '../model/document';

/** What every control of a panel may need to know about the flow it edits. */
export type PanelContext = {
  form: string;
  readOnly: boolean;
  params: Record<string, Param>;
  /** The server's message for a JSON pointer, if it has one. */
  errorAt: (pointer: string) => string | undefined;
};

const Context = createContext<PanelContext>({
  form: 'invoice',
  readOnly: false,
  params: {},
  errorAt: () => undefined,
});
export const PanelProvider = Context.Provider;
export const usePanel = () => useContext(Context);

/** What stands beside a setting's label, put there by whoever knows the setting's schema. */
const Extra = createContext<ReactNode>(null);
export const ExtraProvider = Extra.Provider;
export const useExtra = () => useContext(Extra);

export type WidgetProps = {
  label: string;
  help?: string;
  value: unknown;
  onChange: (value: unknown) => void;
  pointer: string;
};
