import { expect, it } from 'vitest';
import { ownerOf } from '../converge/piece.ts';
import { BadNews } from './bad-news.ts';

const web = ownerOf('Service', 'shalb-demo/web');

const withClock = () => {
  const world = { now: 1_000, busy: false };
  const news = new BadNews(
    () => world.now,
    () => world.busy,
  );
  return { world, news };
};

it('holds news back for a while from the first time on, however often it is looked at', () => {
  const { world, news } = withClock();
  expect(news.holdBack(web)).toBe(300);
  world.now += 100;
  expect(news.holdBack(web)).toBe(200);
  world.now += 250;
  expect(news.holdBack(web)).toBe(0);
});

it('holds news back for longer while there is much to do, but not for ever', () => {
  const { world, news } = withClock();
  news.holdBack(web);
  world.busy = true;
  world.now += 9_999;
  expect(news.holdBack(web)).toBe(300);
  world.now += 1;
  expect(news.holdBack(web)).toBe(0);
});

it('begins anew after it was over', () => {
  const { world, news } = withClock();
  news.holdBack(web);
  world.now += 299;
  news.over(web);
  expect(news.holdBack(web)).toBe(300);
});
