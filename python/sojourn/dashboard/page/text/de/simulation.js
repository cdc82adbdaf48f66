// @ts-check
export default {
  "simulation.title": "simulation",
};
