import { createContext, useContext } from 'react';
import type { ColumnKey } from '../model/types';

export const BoardColumns = createContext<ColumnKey[]>([]);
export const useBoardColumns = () => useContext(BoardColumns);

/** Menus open inside the page's main part, where readers of landmarks find them. */
export const inMain = () => document.getElementById('main') ?? document.body;
