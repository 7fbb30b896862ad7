/** Put in place of these names by static/build/build.mjs; only the service worker has them. */
interface WorkerGlobalScope {
  /** Whole paths of everything the phone needs without a network. */
  readonly __ASSETS__: readonly string[];
  /** The build's hash. */
  readonly __BUILD__: string;
}
