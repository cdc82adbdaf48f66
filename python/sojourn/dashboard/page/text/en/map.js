// @ts-check
export default {
  "map.title": "map",
};
