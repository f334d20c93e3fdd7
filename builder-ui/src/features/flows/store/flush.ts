import { createContext, useContext } from 'react';

/** Waits until the server has every edit; false when it could not be reached or something waits for a decision. */
const Context = createContext<() => Promise<boolean>>(async () => true);
export const FlushProvider = Context.Provider;
export const useFlush = () => useContext(Context);
