import { describe, expect, it } from 'vitest';
import { judgeAnswers, type Outcome } from './judge-answer.ts';

const answered = (body: string, status = 200): Outcome => ({ kind: 'answered', status, body });
const silent: Outcome = { kind: 'none', why: 'curl: (28) timed out' };
const broken: Outcome = { kind: 'broken', why: 'curl: (52) Empty reply from server' };

describe('an expected answer', () => {
  it('is 200 unless said otherwise', () => {
    expect(judgeAnswers({}, [answered('x')])).toBeUndefined();
    expect(judgeAnswers({}, [answered('x', 503)])).toBe('status 503, expected 200: x');
    expect(judgeAnswers({ status: 503 }, [answered('x', 503)])).toBeUndefined();
  });

  it('does not hold when nobody answers, and says what curl said', () => {
    expect(judgeAnswers({}, [silent])).toBe(silent.why);
    expect(judgeAnswers({}, [broken])).toBe(broken.why);
  });

  it('matches the body', () => {
    expect(judgeAnswers({ body: '^hello' }, [answered('hello world')])).toBeUndefined();
    expect(judgeAnswers({ body: '^world' }, [answered('hello world')])).toContain('does not match /^world/');
  });

  it('holds the fields that are named', () => {
    const expected = { json: { clientAddress: '100.65.0.10' } };
    expect(judgeAnswers(expected, [answered('{"clientAddress":"100.65.0.10","pod":"a"}')])).toBeUndefined();
    expect(judgeAnswers(expected, [answered('{"clientAddress":"100.65.0.1"}')])).toContain(
      'clientAddress is "100.65.0.1", expected "100.65.0.10"',
    );
    expect(judgeAnswers(expected, [answered('not JSON')])).toContain('it is not there');
  });

  it('names the request that went wrong', () => {
    expect(judgeAnswers({}, [answered('x'), silent])).toBe(`request 2 of 2: ${silent.why}`);
  });
});

describe('no answer', () => {
  it('is silence or refusal, and nothing else', () => {
    expect(judgeAnswers({ none: true }, [silent])).toBeUndefined();
    expect(judgeAnswers({ none: true }, [answered('hello')])).toContain('there was an answer: status 200, hello');
    expect(judgeAnswers({ none: true }, [broken])).toContain('there was an answer');
  });
});

describe('a spread', () => {
  const expected = { spread: { pod: ['b', 'a'] } };
  it('holds when all take part, in whatever order', () => {
    expect(judgeAnswers(expected, [answered('{"pod":"a"}'), answered('{"pod":"b"}')])).toBeUndefined();
  });
  it('does not hold when one is missing or another takes part', () => {
    expect(judgeAnswers(expected, [answered('{"pod":"a"}')])).toBe('pod was a, expected a, b');
    const outcomes = ['a', 'b', 'c'].map(pod => answered(JSON.stringify({ pod })));
    expect(judgeAnswers(expected, outcomes)).toBe('pod was a, b, c, expected a, b');
  });
});
