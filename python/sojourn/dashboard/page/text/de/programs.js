// @ts-check
export default {
  "programs.title": "programs",
};
