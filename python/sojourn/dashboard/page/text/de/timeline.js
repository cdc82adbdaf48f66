// @ts-check
export default {
  "timeline.title": "timeline",
};
