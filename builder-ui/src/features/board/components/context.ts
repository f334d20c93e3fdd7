import { createContext, useContext } from 'react';
import type { ColumnKey } from '../model/types';

export const BoardColumns = createContext<ColumnKey[]>([]);
export const useBoardColumns = () => useContext(BoardColumns);
