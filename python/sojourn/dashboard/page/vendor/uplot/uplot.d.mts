import type UPlot from "uplot";

export const uPlot: typeof UPlot;
