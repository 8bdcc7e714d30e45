/** Share of the previous result that is blended into a frame by default, 0..1. */
export const DEFAULT_STABILIZATION = 0.95;
