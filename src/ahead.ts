/** A look-up whose first answer was asked for ahead; each further one asks again. */
export function aheadThen<T>(first: Promise<T>, again: () => Promise<T>): () => Promise<T> {
  let ahead: Promise<T> | undefined = first;
  return () => {
    const look = ahead ?? again();
    ahead = undefined;
    return look;
  };
}

/** Marks a promise that is awaited later as handled, because an earlier failure may come first. */
export function early<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
