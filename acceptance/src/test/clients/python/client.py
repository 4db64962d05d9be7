"""What PyPI's `openai` makes of the server: python client.py URL KEY SAMPLES"""

import base64
import json
import sys

from openai import OpenAI, BadRequestError

url, key, samples = sys.argv[1:]
client = OpenAI(base_url=url + "/v1", api_key=key, max_retries=0)
told = {"models": [one.id for one in client.models.list()]}

question = [{"role": "user", "content": "What can you do?"}]
whole = client.chat.completions.create(model="longcat-tiny", messages=question)
told["whole"] = whole.choices[0].message.content
streamed = ""
with client.chat.completions.stream(model="longcat-tiny", messages=question) as stream:
    for event in stream:
        if event.type == "content.delta":
            streamed += event.delta
told["streamed"] = streamed

with open(samples + "/month-question.wav", "rb") as file:
    told["transcribed"] = client.audio.transcriptions.create(model="any", file=file).text

answer = client.chat.completions.create(
    model="longcat-tiny",
    messages=question,
    response_format={
        "type": "json_schema",
        "json_schema": {
            "name": "answer",
            "schema": {"type": "object", "properties": {"ok": {"const": True}}, "required": ["ok"]},
        },
    },
    logprobs=True,
    top_logprobs=2,
)
told["json"] = json.loads(answer.choices[0].message.content)
told["logprobs"] = len(answer.choices[0].logprobs.content[0].top_logprobs)

called = client.chat.completions.create(
    model="longcat-tiny",
    messages=question,
    tools=[{"type": "function", "function": {"name": "clock", "parameters": {
        "type": "object", "properties": {"zone": {"enum": ["utc"]}}, "required": ["zone"]}}}],
    tool_choice="required",
)
call = called.choices[0].message.tool_calls[0]
told["call"] = [call.function.name, json.loads(call.function.arguments)]

try:
    client.chat.completions.create(
        model="any", messages=[{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": "http://127.0.0.1:1/cat.png"}}]}])
except BadRequestError as error:
    told["refused"] = error.param

with client.realtime.connect(model="any") as connection:
    connection.session.update(session={"type": "realtime", "output_modalities": ["audio"]})
    connection.conversation.item.create(
        item={"type": "message", "role": "user",
              "content": [{"type": "input_text", "text": "What can you do?"}]})
    connection.response.create()
    sound = 0
    for event in connection:
        if event.type == "response.output_audio.delta":
            sound += len(base64.b64decode(event.delta))
        elif event.type == "response.done":
            told["realtime"] = event.response.output[0].content[0].transcript
            break
    told["sound"] = sound > 24000
print(json.dumps(told))
