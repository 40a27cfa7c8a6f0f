// The official OpenAI client for JavaScript. Arguments: base URL, key, model, scenario. Prints one JSON object.
import OpenAI from 'openai';

const [baseURL, apiKey, model, scenario] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const messages = [{ role: 'user', content: 'What is the weather in Paris?' }];
const tools = [{
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather of a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city'] },
  },
}];

async function collect(stream) {
  const seen = { content: '', reasoning: '', calls: [], finish: null, usage: null, chunks: 0 };
  for await (const chunk of stream) {
    seen.chunks++;
    if (chunk.usage) seen.usage = chunk.usage;
    const choice = chunk.choices[0];
    if (!choice) continue;
    seen.content += choice.delta.content ?? '';
    seen.reasoning += choice.delta.reasoning_content ?? '';
    for (const call of choice.delta.tool_calls ?? []) {
      const known = (seen.calls[call.index] ??= { id: call.id, name: '', arguments: '' });
      known.name += call.function?.name ?? '';
      known.arguments += call.function?.arguments ?? '';
    }
    seen.finish = choice.finish_reason ?? seen.finish;
  }
  return seen;
}

const scenarios = {
  async stream() {
    return collect(await client.chat.completions.create({
      model, messages, max_tokens: 64, stream: true, stream_options: { include_usage: true },
    }));
  },
  async whole() {
    const answer = await client.chat.completions.create({ model, messages, max_tokens: 64, seed: 7 });
    return { content: answer.choices[0].message.content, finish: answer.choices[0].finish_reason, usage: answer.usage, object: answer.object };
  },
  async tools() {
    const first = await collect(await client.chat.completions.create({
      model, messages, tools, stream: true, max_tokens: 512, stream_options: { include_usage: true },
    }));
    const turn = [
      ...messages,
      {
        role: 'assistant', content: first.content || null,
        tool_calls: first.calls.map(call => ({ id: call.id, type: 'function', function: { name: call.name, arguments: call.arguments } })),
      },
      ...first.calls.map(call => ({ role: 'tool', tool_call_id: call.id, content: 'Sunny, 21 degrees.' })),
    ];
    const second = await collect(await client.chat.completions.create({ model, messages: turn, tools, stream: true, max_tokens: 512 }));
    return { first, second };
  },
  async models() {
    const list = await client.models.list();
    return { ids: list.data.map(entry => entry.id) };
  },
  async error() {
    try {
      await client.chat.completions.create({ model: 'no-such-model', messages });
      return { thrown: false };
    } catch (problem) {
      return { thrown: true, status: problem.status, code: problem.code, type: problem.type, message: problem.message };
    }
  },
  async abort() {
    const stream = await client.chat.completions.create({ model, messages, max_tokens: 4096, stream: true, ignore_eos: true });
    let chunks = 0;
    for await (const _ of stream) {
      if (++chunks === 3) {
        stream.controller.abort();
        break;
      }
    }
    return { chunks };
  },
};

console.log(JSON.stringify(await scenarios[scenario]()));
