import { discover, type State } from './state.ts';

/** Lists that lag behind writes: for a while they show what there was before. */
export interface Lag {
  /** To be called before each write. */
  beforeWrite(): void;
  /** The state as a list shows it now. */
  asListed(): State;
}

/** @param milliseconds how far behind lists are */
export function lagOf(state: State, milliseconds: number): Lag {
  const history: { until: number; then: Partial<State> }[] = [];
  return {
    beforeWrite() {
      const { instances, credentials, services, resources, mappings } = state;
      const then = structuredClone({ instances, credentials, services, resources, mappings });
      history.push({ until: state.now(), then });
    },
    asListed() {
      const past = history.find(({ until }) => until > state.now() - milliseconds);
      if (!past) return state;
      discover(state);
      // What was discovered since is not listed yet either.
      return { ...state, ...structuredClone(past.then), discoveryDelay: Number.POSITIVE_INFINITY };
    },
  };
}
