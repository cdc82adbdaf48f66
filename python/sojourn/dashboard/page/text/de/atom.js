// @ts-check
export default {
  "atom.title": "atom",
};
