FROM python:3.11-slim
WORKDIR /app
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY contracts contracts
COPY shared shared
COPY services services
COPY simulator simulator
COPY deploy deploy
COPY cli cli
ENV PYTHONPATH=/app PYTHONUNBUFFERED=1
