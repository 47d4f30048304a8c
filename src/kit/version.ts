/** The version of the reference whose behaviour and wire formats this build has; programs and metadata report it. */
export const runtimeVersion = "1.18.3";

/** The version of tricorne itself. */
export const productVersion = "0.1.0";

/** The commit that a release was built from; the bundler fills it in. */
export const buildCommit: string = "unknown";
