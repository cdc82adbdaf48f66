// @ts-check
export default {
  "first.title": "first",
};
