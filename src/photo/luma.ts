/** Shares of red, green and blue in brightness (Rec. ITU-R BT.601). */
export const LUMA = [0.299, 0.587, 0.114] as const;
