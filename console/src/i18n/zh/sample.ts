export const sample = {
  'settings.sample': '示例数据',
  'sample.mark': '示例',
  'sample.what':
    '十几张虚构的采购订单，供接入系统之前浏览。不会向任何系统发送内容，也不计入任何流程的统计，可随时连同所有记录一并移除。',
  'sample.here': '这是示例数据，不会被执行。',
  'sample.count': '{count, plural, =0 {未加载} other {# 张单据}}',
  'sample.none': '没有加载示例单据。',
  'sample.there': '它们与真实单据一起显示在列表中，每一张都带有“示例”标记。在移除之前，列表、计数和指标会包含它们。',
  'sample.see': '查看',
  'sample.load': '加载示例数据',
  'sample.loaded': '示例单据已加载。',
  'sample.remove': '移除示例数据',
  'sample.removed': '示例单据已移除。',
  'sample.remove_what': '所有示例单据连同其历史、异常及备注都会移除，真实单据不受影响。',
};
