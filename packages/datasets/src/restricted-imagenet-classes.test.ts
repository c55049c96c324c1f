import { describe, expect, it } from 'vitest';
import { restrictedImagenetClasses, restrictedImagenetClassNames } from './restricted-imagenet-classes.js';

const wnidsOf = (name: string) => {
  const label = restrictedImagenetClassNames.indexOf(name);
  return [...restrictedImagenetClasses].filter(([, of]) => of === label).map(([wnid]) => wnid);
};

describe('classes of Restricted ImageNet', () => {
  // Ends of the robustness library's ranges of class indices, as WordNet ids.
  it.each([
    ['dog', 118, 'n02085620', 'n02113978'],
    ['cat', 5, 'n02123045', 'n02124075'],
    ['frog', 3, 'n01641577', 'n01644900'],
    ['turtle', 5, 'n01664065', 'n01669191'],
    ['bird', 21, 'n01795545', 'n01860187'],
    ['primate', 18, 'n02480495', 'n02494079'],
    ['fish', 9, 'n02514041', 'n02655020'],
    ['crab', 4, 'n01978287', 'n01981276'],
    ['insect', 20, 'n02165105', 'n02268443'],
  ])('%s has %i ids, in order', (name, count, first, last) => {
    const wnids = wnidsOf(name);
    expect(wnids).toHaveLength(count);
    expect([wnids[0], wnids.at(-1)]).toEqual([first, last]);
    expect(wnids).toEqual([...new Set(wnids)].sort());
  });

  it('are 203 ids in nine groups, none of them in two', () => {
    expect(restrictedImagenetClassNames).toHaveLength(9);
    expect(restrictedImagenetClasses.size).toBe(118 + 5 + 3 + 5 + 21 + 18 + 9 + 4 + 20);
    for (const wnid of restrictedImagenetClasses.keys()) expect(wnid).toMatch(/^n\d{8}$/);
  });
});
