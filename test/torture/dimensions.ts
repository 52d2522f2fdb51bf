import type { Dimension } from './dimension.ts';
import { habits } from './habits.ts';
import { oddAnswers } from './odd-answers.ts';
import { runners } from './runners.ts';
import { stops } from './stops.ts';
import { troubles } from './troubles.ts';

/** All that is tried, one run after the other. */
export const DIMENSIONS: Dimension[] = [troubles, stops, oddAnswers, habits, runners];
