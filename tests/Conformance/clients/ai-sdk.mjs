// The AI SDK with its OpenAI-compatible provider. Arguments: base URL, key, model, scenario. Prints one JSON object.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';

const [baseURL, apiKey, name, scenario] = process.argv.slice(2);
const model = createOpenAICompatible({ name: 'platform', baseURL, apiKey, includeUsage: true }).chatModel(name);
const prompt = 'What is the weather in Paris?';

const scenarios = {
  async stream() {
    const result = streamText({ model, prompt, maxOutputTokens: 64, maxRetries: 0 });
    let text = '';
    for await (const part of result.textStream) text += part;
    return { text, reasoning: await result.reasoningText, finish: await result.finishReason, usage: await result.usage };
  },
  async whole() {
    const result = await generateText({ model, prompt, maxOutputTokens: 64, maxRetries: 0 });
    return { text: result.text, reasoning: result.reasoningText, finish: result.finishReason, usage: result.usage };
  },
  async tools() {
    const asked = [];
    const weather = tool({
      description: 'The weather of a city.',
      inputSchema: jsonSchema({ type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city'] }),
      execute: async input => { asked.push(input); return 'Sunny, 21 degrees.'; },
    });
    const result = await generateText({ model, prompt, tools: { get_weather: weather }, stopWhen: stepCountIs(3), maxRetries: 0 });
    return { text: result.text, asked, steps: result.steps.length };
  },
};

console.log(JSON.stringify(await scenarios[scenario]()));
