// @ts-check
export default {
  "start.title": "start",
};
